/** How far back calls are wanted, in days; 0: as far as they go. */
export const PERIODS = [0, 1, 7, 30, 365] as const;
export type Period = (typeof PERIODS)[number];

/** The beginning of the day that lies so many days back, today counting as one, RFC 3339. */
export function since(period: Period, now = new Date()): string | null {
  if (period === 0) return null;
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - (period - 1)).toISOString();
}

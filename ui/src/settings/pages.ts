import type { Snapshot } from '../bindings';
import type { Words } from '../i18n/words';
import { readQuiet } from '../lib/quiet';

/** The pages of the settings. */
export const PAGES = ['connection', 'alerts', 'record', 'contacts', 'data', 'general', 'about'] as const;
export type Page = (typeof PAGES)[number];

function sources({ contacts_folder, carddav_url, ldap_url }: Snapshot['settings'], t: Words['t']): string {
  const used = [
    contacts_folder !== null && t('window-settings-source-folder'),
    carddav_url !== null && t('window-settings-source-carddav'),
    ldap_url !== null && t('window-settings-source-ldap'),
  ];
  return used.filter((one) => one !== false).join(', ');
}

/** What holds now, in a line. Nothing when there is nothing short to say. */
export function summary(page: Page, snapshot: Snapshot, words: Words): string {
  const { settings } = snapshot;
  const { t } = words;
  switch (page) {
    case 'connection':
      return snapshot.mode === 'unset' ? '' : t(`window-settings-mode-${snapshot.mode}`);
    case 'alerts': {
      if (settings.click_to_call_only) return t('window-settings-click-only');
      const kinds = [
        settings.notify_incoming && t('window-settings-sum-incoming'),
        settings.notify_missed && t('window-settings-sum-missed'),
        settings.notify_outgoing && t('window-settings-sum-outgoing'),
      ].filter((kind) => kind !== false);
      const said = kinds.length === 0 ? t('window-settings-sum-none') : kinds.join(', ');
      const quiet = readQuiet(settings.quiet_hours);
      return quiet === null ? said : `${said} · ${t('window-settings-sum-quiet', { from: quiet.from, to: quiet.to })}`;
    }
    case 'record':
      return t(`window-settings-record-${settings.pop_when}`);
    case 'contacts':
      return sources(settings, t) || t('window-settings-sum-contacts');
    case 'data':
      return settings.keep_days === 0
        ? t('window-settings-sum-always')
        : t('window-settings-sum-days', { days: settings.keep_days });
    case 'general':
      return [t(`window-settings-language-${settings.language}`), t(`window-settings-theme-${settings.theme}`)]
        .filter((word, at, all) => all.indexOf(word) === at)
        .join(', ');
    case 'about':
      return t('window-settings-sum-version', { version: snapshot.version });
  }
}

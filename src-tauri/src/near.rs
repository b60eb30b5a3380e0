//! Where the window goes: near the tray's click, whole on the screen.

use control::protocol::Point;

/// Free space to the screen's edge and to the anchor, in physical pixels at scale 1.
pub const GAP: f64 = 8.0;

/// A rectangle of the screen in physical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Area {
    /// Whether the point lies in it.
    pub fn contains(&self, point: Point) -> bool {
        let inside = |value: i32, from: i32, length: u32| {
            (i64::from(from)..i64::from(from) + i64::from(length)).contains(&i64::from(value))
        };
        inside(point.x, self.x, self.width) && inside(point.y, self.y, self.height)
    }
}

/// The window's upper left corner: centred on the anchor, below it in the upper half of the screen and above it in the lower one,
/// moved as far as needed to lie whole within `work` (the monitor without its panels). A window larger than that keeps its
/// title bar in sight.
pub fn near(anchor: Point, size: (u32, u32), work: Area, gap: u32) -> Point {
    let (width, height, gap) = (i64::from(size.0), i64::from(size.1), i64::from(gap));
    let (left, top) = (i64::from(work.x), i64::from(work.y));
    let (right, bottom) = (left + i64::from(work.width), top + i64::from(work.height));
    let (x, y) = (i64::from(anchor.x), i64::from(anchor.y));

    let below = y < i64::midpoint(top, bottom);
    let wanted_y = if below { y + gap } else { y - gap - height };
    let clamp = |wanted: i64, from: i64, to: i64| wanted.min(to).max(from);
    let corner_x = clamp(x - width / 2, left + gap, right - gap - width);
    let corner_y = clamp(wanted_y, top + gap, bottom - gap - height);
    // Both lie between edges that came as i32.
    Point {
        x: i32::try_from(corner_x).unwrap_or(work.x),
        y: i32::try_from(corner_y).unwrap_or(work.y),
    }
}

/// Where a window that comes forward goes; none: it stays. `near`: the corner for the anchor, when there is one. `stood`:
/// where it was when it was hidden. A window in sight stays where the person put it, unless it was never near an anchor: then
/// the desktop had put it somewhere.
pub fn goes(visible: bool, anchored: bool, near: Option<Point>, stood: Option<Point>) -> Option<Point> {
    if visible {
        near.filter(|_| !anchored)
    } else {
        near.or(stood)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Area = Area {
        x: 0,
        y: 0,
        width: 1920,
        height: 1080,
    };
    const SIZE: (u32, u32) = (360, 600);

    #[test]
    fn under_a_panel_at_the_top_right() {
        let work = Area {
            y: 28,
            height: 1052,
            ..SCREEN
        };
        assert_eq!(
            near(Point { x: 1880, y: 14 }, SIZE, work, 8),
            Point { x: 1552, y: 36 }
        );
    }

    #[test]
    fn over_a_panel_at_the_bottom() {
        let work = Area {
            height: 1040,
            ..SCREEN
        };
        assert_eq!(
            near(Point { x: 960, y: 1060 }, SIZE, work, 8),
            Point { x: 780, y: 432 }
        );
    }

    #[test]
    fn row_18_on_the_second_monitor_at_its_left_edge() {
        let work = Area {
            x: -1280,
            y: 0,
            width: 1280,
            height: 1024,
        };
        assert_eq!(
            near(Point { x: -1279, y: 1000 }, SIZE, work, 8),
            Point { x: -1272, y: 392 }
        );
    }

    #[test]
    fn row_18_a_screen_smaller_than_the_window_keeps_the_title_bar() {
        let work = Area {
            x: 100,
            y: 50,
            width: 300,
            height: 400,
        };
        assert_eq!(
            near(Point { x: 390, y: 440 }, SIZE, work, 8),
            Point { x: 108, y: 58 }
        );
    }

    #[test]
    fn row_18_wherever_the_anchor_is_the_window_lies_whole_within() {
        let work = Area {
            x: -200,
            y: 40,
            width: 1600,
            height: 900,
        };
        for x in (-2000..4000).step_by(97) {
            for y in (-2000..4000).step_by(89) {
                let at = near(Point { x, y }, SIZE, work, 8);
                assert!(at.x >= -192 && at.x + 360 <= 1392, "{x},{y} → {at:?}");
                assert!(at.y >= 48 && at.y + 600 <= 932, "{x},{y} → {at:?}");
            }
        }
    }

    #[test]
    fn a_window_goes_to_its_first_anchor_and_then_stays_where_it_is_seen() {
        let (near, stood) = (Some(Point { x: 1552, y: 36 }), Some(Point { x: 700, y: 300 }));
        // Opened without an anchor, in the middle of the screen; then the tray is clicked.
        assert_eq!(goes(true, false, near, None), near);
        assert_eq!(goes(true, true, near, None), None);
        assert_eq!(goes(true, false, None, None), None);
        assert_eq!(goes(false, true, near, stood), near);
        assert_eq!(goes(false, true, None, stood), stood);
    }

    #[test]
    fn the_far_edges_belong_to_the_next_monitor() {
        assert!(SCREEN.contains(Point { x: 0, y: 1079 }));
        assert!(!SCREEN.contains(Point { x: 1920, y: 0 }));
    }
}

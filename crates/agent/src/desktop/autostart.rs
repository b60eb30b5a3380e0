//! Starting with the session. Not `auto-launch`: it quotes no path, and looks for XDG's folder in one place only.

; The set-up for Windows: for one person, without administrator's rights. `cargo xtask bundle --windows` calls makensis with
;   VERSION   of the product, as in 1.2.3
;   PROGRAMS  the folder with the programs, WebView2Loader.dll and THIRD-PARTY.txt
;   ICON      the .ico file
;   SIZE      of what is installed, in KiB
;   OUT       the set-up to write
; Silent: /S, and /D=FOLDER (last, without quotes) for another folder. The program itself registers what it needs beyond files
; (links, start with the session, the name of its notifications) and takes it back by `unregister`.
Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
RequestExecutionLevel user
ManifestDPIAware true

!include "MUI2.nsh"
!include "LogicLib.nsh"

!define NAME "Centrex Tray"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\centrex-tray"
; Microsoft's own number for the WebView2 runtime, by which its documentation has programs look for it.
!define WEBVIEW2 "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"

Name "${NAME}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "${NAME}"
VIAddVersionKey "LegalCopyright" "MIT OR Apache-2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\centrex-trayw.exe"
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
; The first one where the system speaks neither.
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "English"

LangString IN_USE ${LANG_FRENCH} "Centrex Tray est encore ouvert et ne se ferme pas. Quittez-le (icône de la zone de notification, puis Quitter), puis recommencez."
LangString IN_USE ${LANG_ENGLISH} "Centrex Tray is still open and doesn’t close. Quit it (its icon in the notification area, then Quit), then try again."
LangString NO_WEBVIEW2 ${LANG_FRENCH} "Centrex Tray est installé. Sa fenêtre a besoin de Microsoft Edge WebView2, absent de cet ordinateur : installez-le depuis https://developer.microsoft.com/microsoft-edge/webview2/ ou demandez-le à votre administrateur. En attendant, l’icône, les alertes et la ligne de commande fonctionnent."
LangString NO_WEBVIEW2 ${LANG_ENGLISH} "Centrex Tray is installed. Its window needs Microsoft Edge WebView2, which this computer lacks: install it from https://developer.microsoft.com/microsoft-edge/webview2/ or ask your administrator for it. Until then the icon, the alerts and the command line work."

; Not empty when an app was ended, so that the new one is started in its place.
Var WasRunning

; Ends a running app, so that its files can be replaced or removed. It takes leave of the platform's calls by itself.
!macro EndApp un
Function ${un}EndApp
  ${IfNot} ${FileExists} "$INSTDIR\centrex-tray.exe"
    Return
  ${EndIf}
  nsExec::Exec '"$INSTDIR\centrex-tray.exe" quit'
  Pop $0
  ${If} $0 == 0
    StrCpy $WasRunning "yes"
  ${EndIf}
  ; What runs can't be deleted: ten seconds for the app and its window to end.
  StrCpy $1 0
  ${Do}
    ClearErrors
    Delete "$INSTDIR\centrex-trayw.exe"
    Delete "$INSTDIR\centrex-tray-window.exe"
    ${IfNot} ${Errors}
      Return
    ${EndIf}
    Sleep 200
    IntOp $1 $1 + 1
  ${LoopUntil} $1 > 50
  MessageBox MB_ICONSTOP|MB_OK "$(IN_USE)" /SD IDOK
  SetErrorLevel 2
  Abort "$(IN_USE)"
FunctionEnd
!macroend
!insertmacro EndApp ""
!insertmacro EndApp "un."

Section
  Call EndApp
  SetOutPath "$INSTDIR"
  File "${PROGRAMS}\centrex-tray.exe"
  File "${PROGRAMS}\centrex-trayw.exe"
  File "${PROGRAMS}\centrex-tray-window.exe"
  File "${PROGRAMS}\WebView2Loader.dll"
  File "${PROGRAMS}\THIRD-PARTY.txt"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\centrex-trayw.exe"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\centrex-trayw.exe"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${SIZE}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1

  ${If} $WasRunning != ""
    ; Nobody should miss calls because of an upgrade that came while they worked.
    Exec '"$INSTDIR\centrex-trayw.exe" --hidden'
  ${EndIf}

  ReadRegStr $0 HKLM "SOFTWARE\WOW6432Node\${WEBVIEW2}" "pv"
  ${If} $0 == ""
    ReadRegStr $0 HKCU "Software\${WEBVIEW2}" "pv"
  ${EndIf}
  ${If} $0 == ""
    MessageBox MB_ICONINFORMATION|MB_OK "$(NO_WEBVIEW2)" /SD IDOK
  ${EndIf}
SectionEnd

; Calls, contacts, settings and the secrets in the Credential Manager stay: docs/data.md says how to have them gone.
Section "Uninstall"
  Call un.EndApp
  nsExec::Exec '"$INSTDIR\centrex-tray.exe" unregister'
  Pop $0
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$INSTDIR\centrex-tray.exe"
  Delete "$INSTDIR\WebView2Loader.dll"
  Delete "$INSTDIR\THIRD-PARTY.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd

import './language.ts'
import './no-eval.ts'
import { render } from 'preact'
import { deliverSignIn } from './session/again.ts'
import { startSession } from './session/session.ts'
import { Shell } from './shell/shell.tsx'
import { startTips } from './parts/tips.ts'
import { startTheme } from './shell/theme.ts'

const place = document.getElementById('console')
// A window that was opened for signing in again only hands its answer to the page that waits for it.
if (place !== null && !deliverSignIn()) {
  startTheme()
  startTips()
  render(<Shell />, place)
  void startSession()
}

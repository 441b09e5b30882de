import { useEffect, useLayoutEffect } from 'preact/hooks'
import { Notice } from '../parts/notice.tsx'
import { may, session, signIn, signInAgain } from '../session/session.ts'
import { learnAccounts } from './account.ts'
import { Header } from './header.tsx'
import { Help, helpIsOpen } from './help.tsx'
import { route } from './route.ts'
import { screenOf } from './screens.ts'
import { useShortcuts } from './shortcuts.ts'

/** The frame of every screen: who is signed in, where one can go, and the screen itself. */
export function Shell() {
  const current = session.value
  switch (current.kind) {
    case 'starting':
      return <main class="welcome">Loading…</main>
    case 'unavailable':
      return (
        <main class="welcome">
          <h1>ThingSpace Profile Gateway</h1>
          <Notice tone="bad" title="Nobody can sign in here.">
            {current.why}
          </Notice>
        </main>
      )
    case 'signed-out':
      return (
        <main class="welcome">
          <h1>ThingSpace Profile Gateway</h1>
          <p>Orders for eSIM profiles, what became of them, and what needs your decision.</p>
          {current.why !== undefined && <Notice tone="warn" title={current.why} />}
          <button type="button" class="primary" onClick={() => void signIn()}>
            Sign in
          </button>
        </main>
      )
    case 'signed-in':
      return <Frame ended={current.ended} />
  }
}

function Frame({ ended }: { ended: boolean }) {
  useShortcuts()
  const screen = screenOf(route.value.path)
  const place = route.value.path.join('/')
  useEffect(() => void learnAccounts(), [])
  // Together with the new screen: a later change of the focus would take it from where a fast reader has gone meanwhile.
  useLayoutEffect(() => {
    document.title = `${screen?.title ?? 'Not found'} · ThingSpace Profile Gateway`
    document.querySelector('main')?.scrollTo(0, 0)
    window.scrollTo(0, 0)
    // A reader who does not see the page hears where they are.
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
  }, [place])
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <Header />
      {ended && (
        <Notice tone="warn" title="Your sign-in has ended.">
          What you see and what you typed is kept.{' '}
          <button type="button" class="primary" onClick={() => void signInAgain()}>
            Sign in again
          </button>
        </Notice>
      )}
      <main id="main" tabIndex={-1}>
        {screen === undefined ? (
          <NotFound />
        ) : screen.scope !== undefined && !may(screen.scope) ? (
          <Forbidden title={screen.title} scope={screen.scope} />
        ) : (
          <screen.show key={place} />
        )}
      </main>
      {helpIsOpen.value && <Help />}
    </>
  )
}

/** The skip link must not change the address, which names the screen. */
function skip(event: Event): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('main')?.focus()
}

const NotFound = () => (
  <>
    <h1 tabIndex={-1}>There is no such page</h1>
    <p>
      <a href="#/requests">Go to the requests</a>
    </p>
  </>
)

const Forbidden = ({ title, scope }: { title: string; scope: string }) => (
  <>
    <h1 tabIndex={-1}>{title}</h1>
    <Notice tone="warn" title="Your sign-in does not allow this.">
      It needs the scope {scope}. Ask whoever manages access at your issuer.
    </Notice>
  </>
)

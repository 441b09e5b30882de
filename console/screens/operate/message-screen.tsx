import { useSignal } from '@preact/signals'
import { Message } from '../../api/operate.ts'
import { useWatch } from '../../api/watch.ts'
import { CardLink } from '../../parts/identifier.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { Raw } from '../../parts/raw.tsx'
import { State } from '../../parts/state.tsx'
import { Time } from '../../parts/time.tsx'
import { route } from '../../shell/route.ts'
import { plural } from '../../words/numbers.ts'
import { DismissDialog, RerunDialog } from './message-dialogs.tsx'
import { reasonWords } from './reasons.ts'

/** One message in quarantine: as it came, beside how this version reads it today, and both answers. */
export function MessageScreen() {
  const id = route.value.path[1] ?? ''
  const watched = useWatch(`/v1/operate/quarantine/${encodeURIComponent(id)}`, Message, 30)
  const opened = useSignal<'rerun' | 'dismiss' | undefined>(undefined)
  const message = watched.value.value
  const close = () => (opened.value = undefined)
  return (
    <>
      <h1 tabIndex={-1}>Message in quarantine</h1>
      <p>
        <a href="#/quarantine">All messages</a>
      </p>
      <FailureNotice failure={watched.failure.value} />
      {message !== undefined && (
        <>
          <Notice tone="warn" title={reasonWords(message.reason)}>
            Received <Time at={message.receivedAt} />
            {message.count > 1 && `, ${plural(message.count, 'time')}`}, for the account {message.accountName}.{' '}
            {message.isAuthentic ? 'Its sender was authenticated.' : 'Its sender was not authenticated.'}
          </Notice>
          <div class="actions">
            <button type="button" onClick={() => (opened.value = 'rerun')}>
              Run again…
            </button>
            <button type="button" onClick={() => (opened.value = 'dismiss')}>
              Dismiss…
            </button>
          </div>
          <Today message={message} />
          <h2>As it came</h2>
          <Raw text={message.raw} isOpen />
          {opened.value === 'rerun' && <RerunDialog message={message} onClose={close} />}
          {opened.value === 'dismiss' && <DismissDialog message={message} onClose={close} />}
        </>
      )}
    </>
  )
}

function Today({ message: { today } }: { message: Message }) {
  return (
    <>
      <h2>As this version reads it</h2>
      {today.kind === 'understood' ? (
        <p>
          Understood: <State of="device" state={today.verdict ?? 'pending'} />
          {(today.identifiers ?? []).map(({ kind, id }) => (
            <span key={kind}>
              {' '}
              {kind.toUpperCase()} <CardLink kind={kind} id={id} />
            </span>
          ))}{' '}
          {today.upstreamRequestId !== undefined && (
            <>
              under <code>{today.upstreamRequestId}</code>
            </>
          )}
        </p>
      ) : (
        <p>Still not understood. {today.reason === undefined ? '' : reasonWords(today.reason)}</p>
      )}
    </>
  )
}

import { useAct } from '../../api/act.ts'
import { type DeadLetters, Redriven } from '../../api/operate.ts'
import { ConfirmForm } from '../../parts/confirm-form.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Ago } from '../../parts/time.tsx'
import { plural } from '../../words/numbers.ts'

/** The most messages that one call sends back. */
const mostAtOnce = 1000

/** Shows what is in a dead-letter queue, and sends as many messages back as were seen. */
export function RedriveDialog({ letters, onClose }: { letters: DeadLetters; onClose: () => void }) {
  const redrive = useAct(Redriven)
  const count = Math.min(letters.count, mostAtOnce)
  return (
    <Dialog title={`Send back ${letters.queue}`} onClose={onClose}>
      {redrive.answer === undefined ? (
        <>
          <p>Sends up to {plural(count, 'message')} back to the queue that gave them up. What was read of them:</p>
          <ul>
            {(letters.kinds ?? []).map(({ kind, count: each, oldest }) => (
              <li key={kind}>
                {each} {kind}, the oldest <Ago at={oldest} />
              </li>
            ))}
          </ul>
          <ConfirmForm
            button="Send back"
            check={{ count, noun: 'messages' }}
            change={redrive}
            onConfirm={() =>
              void redrive.act(`/v1/operate/dead-letters/${letters.queue}/redrive`, { body: { atMost: count } })
            }
          />
        </>
      ) : (
        <Notice tone="good" title={inWords(redrive.answer)} />
      )}
    </Dialog>
  )
}

const inWords = ({ sentOn, left, finished }: Redriven): string =>
  `${plural(sentOn, 'message')} sent back, ${left} left${finished ? '' : '; more may be there'}.`

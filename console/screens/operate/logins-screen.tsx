import { useSignal } from '@preact/signals'
import { useAct } from '../../api/act.ts'
import { Latch, Latches } from '../../api/operate.ts'
import { useWatch } from '../../api/watch.ts'
import { ConfirmForm } from '../../parts/confirm-form.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Freshness } from '../../parts/freshness.tsx'
import { FailureNotice } from '../../parts/notice.tsx'
import { actionColumn, Table } from '../../parts/table.tsx'
import { plural } from '../../words/numbers.ts'
import { CallsTable } from './calls-table.tsx'

const words: Readonly<Record<string, { word: string; tone: string }>> = {
  open: { word: 'logs in', tone: 'good' },
  closed: { word: 'stopped', tone: 'bad' },
  changed: { word: 'will try the new secret', tone: 'warn' },
  unknown: { word: 'not known', tone: 'quiet' },
}

/** Whether the gateway logs in to ThingSpace, and how many calls it makes, for each set of credentials. */
export function LoginsScreen() {
  const watched = useWatch('/v1/operate/latches', Latches, 10)
  const opened = useSignal<Latch | undefined>(undefined)
  const close = () => {
    opened.value = undefined
    watched.refresh()
  }
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Logins and calls</h1>
        <Freshness of={watched} />
      </div>
      <p class="hint">
        After two failed logins with one secret the gateway stops, because Verizon locks the user at five. Correct the
        secret first; then the gateway tries again by itself, or at once if you open the latch here.
      </p>
      <FailureNotice failure={watched.failure.value} />
      <Table label="Credential sets" columns={['Credential set', 'State', { number: 'Failed logins' }, actionColumn]}>
        {(watched.value.value?.items ?? []).map((latch) => (
          <tr key={latch.credentialSet}>
            <td>{latch.credentialSet}</td>
            <td>
              <span class={`state ${words[latch.state]?.tone ?? 'quiet'}`}>
                {words[latch.state]?.word ?? latch.state}
              </span>
            </td>
            <td class="number">{latch.failedLogins}</td>
            <td>
              {latch.failedLogins > 0 && (
                <button type="button" onClick={() => (opened.value = latch)}>
                  Open the latch…
                </button>
              )}
            </td>
          </tr>
        ))}
      </Table>
      <CallsTable />
      {opened.value !== undefined && <OpenDialog latch={opened.value} onClose={close} />}
    </>
  )
}

function OpenDialog({ latch: { credentialSet, failedLogins }, onClose }: { latch: Latch; onClose: () => void }) {
  const open = useAct(Latch)
  const confirm = async () => {
    const path = `/v1/operate/latches/${encodeURIComponent(credentialSet)}/open`
    if ((await open.act(path, { body: { failedLogins } })) !== undefined) onClose()
  }
  return (
    <Dialog title={`Open the latch of ${credentialSet}`} onClose={onClose}>
      <p>
        The gateway forgets {plural(failedLogins, 'failed login')} and tries two more. If the password is still wrong,
        they count at Verizon, which locks the user at five.
      </p>
      <ConfirmForm
        button="Open"
        check={{ count: failedLogins, noun: 'failed logins' }}
        change={open}
        onConfirm={() => void confirm()}
      />
    </Dialog>
  )
}

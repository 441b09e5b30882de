import { signal } from '@preact/signals'
import { Dialog } from '../parts/dialog.tsx'
import { screens } from './screens.ts'

export const helpIsOpen = signal(false)

/** The keys of the console. */
export function Help() {
  const close = () => (helpIsOpen.value = false)
  const ways = screens.flatMap(({ key, title }) => (key === undefined ? [] : [{ keys: `g ${key}`, does: title }]))
  return (
    <Dialog title="Keys" onClose={close}>
      <table class="keys">
        <tbody>
          {[
            { keys: '/', does: 'Search' },
            { keys: '?', does: 'These keys' },
            { keys: 'Esc', does: 'Close a dialog or a hint' },
            ...ways,
            { keys: '↑ ↓ PgUp PgDn Home End', does: 'Move in a list of devices' },
            { keys: 'Enter', does: 'Open the device' },
          ].map(({ keys, does }) => (
            <tr key={keys}>
              <th scope="row">
                <kbd>{keys}</kbd>
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  )
}

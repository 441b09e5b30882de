import { useEffect, useRef } from 'preact/hooks'
import { changeDraft, draft } from './draft.ts'

/** The devices as text: pasted, typed, or read from a CSV file. */
export function DevicesField() {
  const area = useRef<HTMLTextAreaElement>(null)
  // A long list is only written into the field when it came from elsewhere, so that typing stays fast.
  useEffect(() => {
    if (area.current !== null && area.current.value !== draft.value.devices) area.current.value = draft.value.devices
  }, [draft.value.devices])
  const read = async (files: FileList | null) => {
    const file = files?.[0]
    if (file !== undefined) changeDraft({ devices: await file.text() })
  }
  return (
    <fieldset>
      <legend>Devices</legend>
      <p class="hint" id="devices-hint">
        One device a line: paste from a spreadsheet, or type. Separate identifiers by comma, semicolon or tab. A first
        line such as <code>eid,iccid</code> names the columns; without it the form of each number tells what it is.
      </p>
      <textarea
        ref={area}
        name="devices"
        aria-label="Devices"
        aria-describedby="devices-hint"
        rows={10}
        spellcheck={false}
        onInput={({ currentTarget }) => changeDraft({ devices: currentTarget.value })}
      />
      <label class="file">
        Or read a CSV file{' '}
        <input
          type="file"
          accept=".csv,.txt,text/csv,text/plain"
          onChange={({ currentTarget }) => void read(currentTarget.files)}
        />
      </label>
    </fieldset>
  )
}

import type { ComponentChildren } from 'preact'
import { type Attempt, explain, type Failure } from '../api/failure.ts'
import { signInAgain } from '../session/session.ts'

/** A message with its tone. */
export function Notice({ tone, title, children }: { tone: string; title: string; children?: ComponentChildren }) {
  return (
    <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <strong>{title}</strong> {children}
    </div>
  )
}

/** Why something cannot be shown or was not done, in plain words. Without a failure, nothing. */
export function FailureNotice({ failure, of }: { failure: Failure | undefined; of?: Attempt }) {
  if (failure === undefined) return null
  const { title, advice } = explain(failure, of)
  const errors = failure.kind === 'problem' ? (failure.problem.errors ?? []) : []
  return (
    <Notice tone="bad" title={title}>
      {advice}
      {failure.kind === 'sign-in-ended' && (
        <button type="button" onClick={() => void signInAgain()}>
          Sign in again
        </button>
      )}
      {errors.length > 0 && (
        <ul>
          {errors.map(({ pointer, detail }) => (
            <li key={pointer + detail}>
              <code>{pointer === '' ? 'body' : pointer}</code> {detail}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  )
}

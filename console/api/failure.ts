import * as z from 'zod/mini'

/** A refusal of the gateway (RFC 9457). */
export const Problem = z.object({
  code: z.string(),
  title: z.string(),
  detail: z.optional(z.string()),
  retryable: z.optional(z.boolean()),
  requestId: z.optional(z.string()),
  errors: z.optional(z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))),
  errorCount: z.optional(z.number()),
  upstream: z.optional(
    z.object({ status: z.optional(z.number()), code: z.optional(z.string()), message: z.optional(z.string()) }),
  ),
})
export type Problem = z.infer<typeof Problem>

/** Why a call has no answer to show. */
export type Failure =
  | { kind: 'offline' }
  | { kind: 'sign-in-ended' }
  | { kind: 'forbidden' }
  | { kind: 'busy'; afterSeconds: number }
  | { kind: 'unavailable'; status: number; afterSeconds: number }
  | { kind: 'problem'; status: number; problem: Problem }
  | { kind: 'unreadable'; status: number }

/** What failed: a look that the console repeats, one that a person asks for, or a change. */
export type Attempt = 'watch' | 'look' | 'change'

/** What to do about a lost call, and about one that was refused for some seconds. */
const nextSteps: Readonly<Record<Attempt, { lost: string; later: (seconds: number) => string }>> = {
  watch: {
    lost: 'Check your network. The console tries again by itself; what you typed is kept.',
    later: (seconds) => `The console tries again in ${seconds} s.`,
  },
  look: { lost: 'Check your network, then try again.', later: (seconds) => `Try again in ${seconds} s.` },
  // The gateway may have received the call, and only its answer was lost.
  change: {
    lost: 'Check your network. It may have been done nevertheless.',
    later: (seconds) => `Try again in ${seconds} s.`,
  },
}

/** A failure in plain words: what happened, and what to do. */
export function explain(failure: Failure, attempt: Attempt = 'watch'): { title: string; advice: string } {
  const { lost, later } = nextSteps[attempt]
  switch (failure.kind) {
    case 'offline':
      return {
        title: 'The gateway cannot be reached.',
        advice: lost,
      }
    case 'sign-in-ended':
      return { title: 'Your sign-in has ended.', advice: 'Sign in again. What you see and what you typed is kept.' }
    case 'forbidden':
      return {
        title: 'Your sign-in does not allow this.',
        advice: 'The token lacks the scope. Ask whoever manages access at your issuer.',
      }
    case 'busy':
      return {
        title: 'Too many calls at once.',
        advice: `The gateway asks to wait. ${later(failure.afterSeconds)}`,
      }
    case 'unavailable':
      return {
        title: `The gateway could not answer (${failure.status}).`,
        advice: `${attempt === 'change' ? 'It may have been done nevertheless. ' : ''}${later(failure.afterSeconds)}`,
      }
    case 'problem':
      return { title: failure.problem.title, advice: failure.problem.detail ?? '' }
    case 'unreadable':
      return {
        title: `The answer (${failure.status}) is not one that this console knows.`,
        advice: 'The gateway may be newer than this page. Load the page again.',
      }
  }
}

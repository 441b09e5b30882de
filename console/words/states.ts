/** A word for a state, with its meaning in the words of docs/api.md and its tone. */
export type StateWord = { word: string; meaning: string; tone: Tone }
type Tone = 'good' | 'bad' | 'warn' | 'doubt' | 'busy' | 'quiet'

type Words = Readonly<Record<string, StateWord>>

const word = (text: string, tone: Tone, meaning: string): StateWord => ({ word: text, tone, meaning })

export const requestWords: Words = {
  queued: word('queued', 'busy', 'Stored. Nothing has been sent to ThingSpace.'),
  submitting: word(
    'submitting',
    'busy',
    'An attempt is in flight, or some parts are at ThingSpace and others wait for their first attempt.',
  ),
  retrying: word(
    'retrying',
    'warn',
    'An attempt was provably not accepted, or was refused because of one of its devices. The gateway sends it again.',
  ),
  unconfirmed: word(
    'unconfirmed',
    'doubt',
    'The response to an attempt was lost: ThingSpace may have accepted it. A non-repeatable action is not sent again.',
  ),
  submitted: word('submitted', 'busy', 'ThingSpace accepted all of it. Results are outstanding.'),
  succeeded: word('succeeded', 'good', 'Every device succeeded.'),
  partially_succeeded: word(
    'partially succeeded',
    'warn',
    'Some devices succeeded. Others failed, expired or were cancelled.',
  ),
  failed: word('failed', 'bad', 'No device succeeded and at least one failed.'),
  expired: word('expired', 'bad', 'No result arrived in time, and no device succeeded or failed.'),
  cancelled: word('cancelled', 'quiet', 'Stopped before ThingSpace accepted anything.'),
}

export const deviceWords: Words = {
  pending: word('pending', 'busy', 'No result yet.'),
  warning: word(
    'warning',
    'warn',
    'ThingSpace reports an unconfirmed success, waits for an approval, or reports a state that the action does not lead to.',
  ),
  succeeded: word('succeeded', 'good', 'Done.'),
  failed: word(
    'failed',
    'bad',
    'A failure or fault was received, ThingSpace refused the submission, or it was never accepted.',
  ),
  expired: word(
    'expired',
    'bad',
    'No final result before the deadline, or given up while unconfirmed. A later result replaces it.',
  ),
  cancelled: word('cancelled', 'quiet', 'Stopped before ThingSpace accepted it.'),
}

export const submissionWords: Words = {
  queued: word('queued', 'busy', 'Waits for its first attempt.'),
  submitting: word('submitting', 'busy', 'An attempt is in flight.'),
  waiting: word('waiting', 'warn', 'Not accepted, or split after a refusal. The next attempt has a date.'),
  unconfirmed: word('unconfirmed', 'doubt', 'A response was lost. It waits for callbacks, a repeat or a decision.'),
  submitted: word('submitted', 'busy', 'ThingSpace accepted it.'),
  rejected: word('rejected', 'bad', 'ThingSpace refused it. Nothing was done.'),
  exhausted: word('exhausted', 'bad', 'Not accepted for 24 hours. Nothing was done.'),
  cancelled: word('cancelled', 'quiet', 'Stopped before ThingSpace accepted it.'),
  abandoned: word('abandoned', 'quiet', 'Given up while unconfirmed. A late callback is still adopted.'),
}

const outcomeWords: Words = {
  accepted: word('accepted', 'good', 'ThingSpace accepted the attempt.'),
  'not-accepted': word('not accepted', 'warn', 'The attempt provably did not reach ThingSpace, so it is sent again.'),
  refused: word('refused', 'bad', 'ThingSpace refused it. Nothing was done.'),
  unknown: word('unknown', 'doubt', 'The response was lost. ThingSpace may or may not have accepted it.'),
}

const vocabularies = {
  request: requestWords,
  device: deviceWords,
  submission: submissionWords,
  outcome: outcomeWords,
} as const
export type Vocabulary = keyof typeof vocabularies

/** The word for a state. One that is not known is shown as it is. */
export const wordOf = (vocabulary: Vocabulary, state: string): StateWord =>
  vocabularies[vocabulary][state] ?? word(state.replaceAll('_', ' '), 'quiet', 'This console does not know the state.')

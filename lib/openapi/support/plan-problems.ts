/** Cause, cure and example of the problems of plans. */
export const planAdvice = {
  'plan-mismatch': {
    cause: '`digest` or `count` are not those of the plan',
    cure: 'read the plan, look at it, and send its `digest` and `count`',
    example: { detail: 'the plan has 12 submissions and another digest' },
  },
  'plan-expired': {
    cause: 'the plan was not started within an hour',
    cure: 'make a new plan',
    example: { detail: 'the plan had to be started within an hour; make a new one' },
  },
  'plan-stopped': {
    cause: 'somebody stopped the plan',
    cure: 'make a new plan for the rest',
    example: { detail: 'the plan was stopped; make a new one for the rest' },
  },
}

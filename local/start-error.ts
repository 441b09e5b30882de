/** An error that prevents the local stack from starting. Its message is shown without a stack trace. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

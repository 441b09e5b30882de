import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import { ClientRequest } from 'node:http'

type Invocation = { isOver: boolean; calls: Set<ClientRequest> }

const current = new AsyncLocalStorage<Invocation>()

// Node publishes every outgoing HTTP request here, including those of the AWS SDK, in the context that makes it.
subscribe('http.client.request.created', (message) => {
  const invocation = current.getStore()
  const request: unknown = Reflect.get(Object(message), 'request')
  if (invocation === undefined || !(request instanceof ClientRequest)) return
  if (invocation.isOver) {
    request.destroy(new Error('the invocation that makes this call has timed out'))
    return
  }
  invocation.calls.add(request)
  request.once('close', () => invocation.calls.delete(request))
})

export type RunningInvocation<Value> = { result: Promise<Value>; cutOff: () => void }

/**
 * Runs a handler so that `cutOff` can stop its effects. Lambda kills a function that exceeds its timeout. Here `cutOff`
 * aborts its HTTP calls in flight and makes later ones fail.
 */
export function runInvocation<Value>(handler: () => Promise<Value>): RunningInvocation<Value> {
  const invocation: Invocation = { isOver: false, calls: new Set() }
  return {
    result: current.run(invocation, handler),
    cutOff: () => {
      invocation.isOver = true
      for (const request of invocation.calls) request.destroy(new Error('the function has timed out'))
    },
  }
}

import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import { ClientRequest } from 'node:http'

type Invocation = { isOver: boolean; calls: Set<ClientRequest> }

const current = new AsyncLocalStorage<Invocation>()

// Every outgoing HTTP call of this process, the AWS SDK's included, is announced here in the context that makes it.
subscribe('http.client.request.created', (message) => {
  const invocation = current.getStore()
  const request: unknown = Reflect.get(Object(message), 'request')
  if (invocation === undefined || !(request instanceof ClientRequest)) return
  if (invocation.isOver) {
    request.destroy(new Error('the invocation that makes this call is out of time'))
    return
  }
  invocation.calls.add(request)
  request.once('close', () => invocation.calls.delete(request))
})

export type RunningInvocation<Value> = { result: Promise<Value>; cutOff: () => void }

/**
 * Runs a handler so that it can be cut off. Lambda ends the process of a function that is out of time; here its calls
 * under way are broken off, and those it still tries to make fail.
 */
export function runInvocation<Value>(handler: () => Promise<Value>): RunningInvocation<Value> {
  const invocation: Invocation = { isOver: false, calls: new Set() }
  return {
    result: current.run(invocation, handler),
    cutOff: () => {
      invocation.isOver = true
      for (const request of invocation.calls) request.destroy(new Error('the function is out of time'))
    },
  }
}

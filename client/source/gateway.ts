import { addressOf } from './address.ts'
import type { components } from './api.ts'
import { type ConnectOptions, withDefaults } from './options.ts'
import type { Action, AnswerOf, CallOptions, ItemOf, OptionsOf, OrderBody, PagedPath, PathOf, Rest } from './routes.ts'
import { type Call, send } from './send.ts'
import { waitForFinal, type Waited, type WaitOptions } from './wait.ts'

export type Order = CallOptions & {
  /**
   * The key of this order. Without one, the client makes one and keeps it over its repeats. To be safe against a crash of your own app,
   * make the key yourself and store it before the call.
   */
  idempotencyKey?: string
  /** W3C trace context that the gateway continues. */
  traceparent?: string
}

export type Ordered = {
  request: components['schemas']['RecordedRequest']
  idempotencyKey: string
  /** An earlier call had stored this order already. */
  replayed: boolean
}

export type Gateway = {
  /** Reads a path. */
  get: <Path extends PathOf<'get'>>(path: Path, ...rest: Rest<OptionsOf<'get', Path>>) => Promise<AnswerOf<'get', Path>>
  /** Posts to a path. It is repeated after no answer or a 5xx only if `idempotencyKey` is given. */
  post: <Path extends PathOf<'post'>>(
    path: Path,
    ...rest: Rest<OptionsOf<'post', Path>>
  ) => Promise<AnswerOf<'post', Path>>
  /** All items of a list, page by page as they are needed. Begin again from `query.cursor` if you stored one. */
  items: <Path extends PagedPath>(
    path: Path,
    ...rest: Rest<OptionsOf<'get', Path>>
  ) => AsyncGenerator<ItemOf<Path>, void, undefined>
  /** Orders an action. Returns when the gateway has stored the order. */
  order: <A extends Action>(action: A, body: OrderBody<A>, order?: Order) => Promise<Ordered>
  /** Waits until a request is final or needs a decision. */
  waitForFinal: (requestId: string, options?: WaitOptions) => Promise<Waited>
}

/** The options of any call, as the functions below read them. */
type Loose = CallOptions & { path?: object; query?: object; body?: unknown; idempotencyKey?: string }

/** Connects to a gateway. Sends nothing yet. All calls throw a GatewayFailure if they fail. */
export function connectGateway(options: ConnectOptions): Gateway {
  const connection = withDefaults(options)
  const call = (method: Call['method'], path: string, { body, idempotencyKey, signal, ...parameters }: Loose = {}) =>
    send(connection, { method, path: addressOf(path, parameters), body, idempotencyKey, signal })

  async function* items(path: string, { query, ...others }: Loose = {}) {
    let cursor: string | null | undefined
    do {
      const asked = cursor === undefined ? { ...query } : { ...query, cursor }
      const page = await (await call('GET', path, { ...others, query: asked })).json()
      yield* page.items
      cursor = page.nextCursor
    } while (cursor !== null && cursor !== undefined)
  }

  return {
    get: async (path, ...[given]) => (await call('GET', path, given)).json(),
    post: async (path, ...[given]) => (await call('POST', path, given)).json(),
    items: (path, ...[given]) => items(path, given),
    order: async (action, body, { idempotencyKey = crypto.randomUUID(), traceparent, signal } = {}) => {
      const response = await send(connection, {
        method: 'POST',
        path: `/v1/devices/profile/actions/${encodeURIComponent(action)}`,
        headers: traceparent === undefined ? {} : { traceparent },
        body,
        idempotencyKey,
        signal,
      })
      const replayed = response.headers.get('idempotent-replayed') === 'true'
      return { request: await response.json(), idempotencyKey, replayed }
    },
    waitForFinal: (requestId, waiting) => waitForFinal(connection, requestId, waiting),
  }
}

import type { paths } from './api.ts'

type Method = 'get' | 'post'

/** The paths of the gateway that have a method. */
export type PathOf<M extends Method> = {
  [Path in keyof paths]: paths[Path][M] extends { responses: unknown } ? Path : never
}[keyof paths]

type Operation<M extends Method, Path extends PathOf<M>> = paths[Path][M]

type Json<Answer> = Answer extends { content: { 'application/json': infer Body } } ? Body : never

/** The body of the answer of a successful call. */
export type AnswerOf<M extends Method, Path extends PathOf<M>> =
  Operation<M, Path> extends { responses: infer Answers }
    ? Json<Answers[Extract<keyof Answers, 200 | 201 | 202>]>
    : never

/** The body that an operation takes. */
export type BodyOf<Path extends PathOf<'post'>> =
  Operation<'post', Path> extends {
    requestBody?: { content: { 'application/json': infer Body } }
  }
    ? Body
    : never

type Parameters<Op> = Op extends { parameters: infer All } ? Pick<All, Extract<keyof All, 'path' | 'query'>> : unknown

type WithBody<Op> = Op extends { requestBody: { content: { 'application/json': infer Body } } }
  ? { body: Body }
  : Op extends { requestBody?: { content: { 'application/json': infer Body } } }
    ? { body?: Body }
    : unknown

/** What every call may say. */
export type CallOptions = {
  /** Ends the call, its repeats and its waiting. The call then throws the reason of the signal. */
  signal?: AbortSignal
}

/** Makes a repeat of a call safe. Routes that take no such key ignore it. */
type WithKey = { idempotencyKey?: string }

/** The options of a call of a path: its parameters, its body, and what every call may say. */
export type OptionsOf<M extends Method, Path extends PathOf<M>> = CallOptions &
  Parameters<Operation<M, Path>> &
  (M extends 'post' ? WithBody<Operation<M, Path>> & WithKey : unknown)

/** The options may be left out if none of them is required. */
export type Rest<Options> = Partial<Options> extends Options ? [options?: Options] : [options: Options]

/** The paths whose answers are pages. */
export type PagedPath = {
  [Path in PathOf<'get'>]: AnswerOf<'get', Path> extends { items: unknown[]; nextCursor?: string | null } ? Path : never
}[PathOf<'get'>]

/** An item of a page. */
export type ItemOf<Path extends PagedPath> =
  AnswerOf<'get', Path> extends { items: readonly (infer Item)[] } ? Item : never

type ActionPath = Extract<keyof paths, `/v1/devices/profile/actions/${string}`>

/** The actions of ThingSpace that the gateway knows. */
export type Action = Exclude<ActionPath extends `/v1/devices/profile/actions/${infer Name}` ? Name : never, '{action}'>

/** The body of an order. */
export type OrderBody<A extends Action> = {
  [Name in A]: BodyOf<Extract<`/v1/devices/profile/actions/${Name}`, PathOf<'post'>>>
}[A]

import type { Answer } from './answer.ts'
import type { JwtAuthorizer } from './jwt-authorizer.ts'
import type { JwtContext } from './jwt-claims.ts'
import { decodePath, type RoutedCall } from './call.ts'

export type Route = {
  method: string
  path: string
  authorization?: { authorizer: JwtAuthorizer; scopes: readonly string[] } | undefined
  /** The path as the terminal shows it, if the real path contains a secret. */
  shownAs?: string | undefined
  serve: (call: RoutedCall, jwt: JwtContext | undefined) => Promise<Answer>
}

export type Match = { route: Route; routeKey: string; pathParameters: Record<string, string> }

const segmentsOf = (path: string): string[] => path.split('/').slice(1)

const rankOf = (segment: string): number => {
  if (!segment.startsWith('{')) return 0
  return segment.endsWith('+}') ? 2 : 1
}

/**
 * Sorts the most specific route first. From left to right, a static segment comes before `{variable}`, and that before
 * `{greedy+}`. For equal paths, a method comes before `*`.
 */
function bySpecificity(one: Route, other: Route): number {
  const [left, right] = [segmentsOf(one.path), segmentsOf(other.path)]
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = rankOf(left[index] ?? '') - rankOf(right[index] ?? '')
    if (difference !== 0) return difference
  }
  return Number(one.method === '*') - Number(other.method === '*')
}

function parametersOf(route: Route, encodedPath: string): Record<string, string> | undefined {
  const wanted = segmentsOf(route.path)
  const given = segmentsOf(encodedPath)
  const parameters: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    const value = given[index]
    if (value === undefined) return undefined
    const name = /^\{(\w+)(\+?)\}$/.exec(segment)
    if (name?.[1] === undefined) {
      if (segment !== decodePath(value)) return undefined
    } else if (name[2] === '+') {
      parameters[name[1]] = given.slice(index).map(decodePath).join('/')
      return parameters
    } else {
      if (value === '') return undefined
      parameters[name[1]] = decodePath(value)
    }
  }
  return wanted.length === given.length ? parameters : undefined
}

/**
 * Creates a router that selects routes as HTTP APIs do. It takes the path still encoded, so that `%2F` is part of a
 * parameter's value.
 */
export function createRouter(routes: readonly Route[]): (method: string, encodedPath: string) => Match | undefined {
  const ordered = routes.toSorted(bySpecificity)
  return (method, encodedPath) => {
    for (const route of ordered) {
      if (route.method !== method && route.method !== '*') continue
      const pathParameters = parametersOf(route, encodedPath)
      if (pathParameters === undefined) continue
      return { route, routeKey: `${route.method === '*' ? 'ANY' : route.method} ${route.path}`, pathParameters }
    }
    return undefined
  }
}

type Address = { Address: string; CachePeriodInMinutes: number }

/**
 * Replaces the package `@aws-sdk/endpoint-cache` in deployed bundles (`alias` in serverless.yml). The DynamoDB client
 * uses it only if endpoint discovery is turned on (`AWS_ENABLE_ENDPOINT_DISCOVERY`), which is off by default. The
 * package loads a 7 KB collection to limit the number of keys; a client of ours has one.
 */
export class EndpointCache {
  #endpoints = new Map<string, { Address: string; Expires: number }[]>()

  get(key: string) {
    const current = this.#endpoints.get(key)?.filter(({ Expires }) => Date.now() < Expires) ?? []
    return current.length === 0 ? undefined : current
  }

  getEndpoint(key: string): string | undefined {
    return this.get(key)?.[0]?.Address
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  set(key: string, endpoints: readonly Address[]): void {
    const now = Date.now()
    this.#endpoints.set(
      key,
      endpoints.map(({ Address, CachePeriodInMinutes }) => ({ Address, Expires: now + CachePeriodInMinutes * 60_000 })),
    )
  }

  delete(key: string): void {
    this.#endpoints.delete(key)
  }

  clear(): void {
    this.#endpoints.clear()
  }
}

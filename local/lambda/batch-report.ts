import * as z from 'zod'

const Report = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullish()

/**
 * Returns the identifiers of the records that a batch report names as failed, by Lambda's rules. No report means success.
 * An invalid report, or one with an identifier that is not in the batch, fails the whole batch.
 */
export function failedIdentifiers(answer: unknown, batch: readonly string[]): ReadonlySet<string> {
  const report = Report.safeParse(answer)
  if (!report.success) return new Set(batch)
  const failed = (report.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier)
  return new Set(failed.every((identifier) => batch.includes(identifier)) ? failed : batch)
}

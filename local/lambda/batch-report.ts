import * as z from 'zod'

const Report = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullish()

/**
 * The identifiers that a batch report gives as failed, read by Lambda's rules: nothing at all is a success; an unreadable
 * report, or one that names what was not in the batch, fails the whole batch.
 */
export function failedIdentifiers(answer: unknown, batch: readonly string[]): ReadonlySet<string> {
  const report = Report.safeParse(answer)
  if (!report.success) return new Set(batch)
  const failed = (report.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier)
  return new Set(failed.every((identifier) => batch.includes(identifier)) ? failed : batch)
}

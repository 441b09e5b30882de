import type { Failure } from '../api/failure.ts'
import { FailureNotice } from './notice.tsx'

type Props = {
  pages: { hasMore: boolean; isLoading: boolean; failure: Failure | undefined; more: () => Promise<void> }
  label: string
}

/** The end of a list that is read in pages: why the last page was not read, and a button for the next one. */
export const More = ({ pages: { hasMore, isLoading, failure, more }, label }: Props) => (
  <>
    <FailureNotice failure={failure} of="look" />
    {hasMore && (
      <button type="button" disabled={isLoading} onClick={() => void more()}>
        {label}
      </button>
    )}
  </>
)

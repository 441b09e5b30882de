/**
 * Whether the text of a test file has a title as the first argument of a test or of a group. `...` in the title stands
 * for any text.
 */
export function hasTitle(text: string, title: string): boolean {
  const pattern = title
    .split('...')
    .map((part) => part.replaceAll(/[^\w ]/g, String.raw`\$&`))
    .join('[^\\n]*')
  return new RegExp(`(?:\\(|\\n\\s+)(['"\`])${pattern}\\1,`).test(text)
}

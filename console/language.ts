// uPlot formats numbers in the language of the browser when it is loaded. Some systems name one that is no language tag
// (`en-US@posix`), which would end the page. Import this file before uPlot.
try {
  Intl.getCanonicalLocales(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' })
}

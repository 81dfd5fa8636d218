/** Text that is HTML already. Made by `html` only, so that nothing gets into a page unescaped. */
export type Html = { readonly markup: string }

type Value = string | number | Html | undefined | readonly (Html | undefined)[]

/** HTML from a template. Values are escaped, unless they are HTML themselves; lists of HTML are joined; undefined is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { markup: String.raw({ raw: parts }, ...values.map(toMarkup)) }
}

/** Takes text as HTML. For what can hold nothing of anyone else's: the style sheet, and what the charting library has drawn. */
export function trusted(markup: string): Html {
  return { markup }
}

function toMarkup(value: Value): string {
  if (value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number')
    return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  return 'markup' in value ? value.markup : value.map(toMarkup).join('')
}

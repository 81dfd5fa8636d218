const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** A line of text in SVG, at `x`, `y` (its baseline, in pixels). */
export function drawText(
  text: string,
  place: { x: number; y: number; size?: number; color?: string; weight?: 'normal' | 'bold' },
): string {
  const { x, y, size = 13, color = '#16191f', weight = 'normal' } = place
  const escaped = text.replaceAll(/[&<>]/g, (character) => ESCAPES[character] ?? '')
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${color}">${escaped}</text>`
}

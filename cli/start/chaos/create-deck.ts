/** Returns a function that draws from shuffled cards, and shuffles anew when all are drawn: none comes a third time before each came once. */
export function createDeck<Card>(cards: readonly Card[], random: () => number): () => Card {
  let left: Card[] = []
  return () => {
    if (left.length === 0) left = [...cards]
    const [card] = left.splice(Math.floor(random() * left.length), 1)
    if (card === undefined) throw new Error('a deck needs cards')
    return card
  }
}

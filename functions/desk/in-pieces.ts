/** Characters in a piece, about. */
const pieceLength = 65_536;

/** Texts joined to pieces of a size to send: no more than a piece is held at a time. */
export async function* inPieces(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = "";
  for await (const text of texts) {
    piece += text;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

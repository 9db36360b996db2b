/** Makes a vector of `length` zeros. */
export type NewVector = (length: number) => Float64Array;

const pieceBytes = 64 * 1024;

/**
 * Makes vectors that are cut from larger pieces of memory, as Node's small Buffers are: memory of its own takes a vector as long to get, and
 * to give back, as trees take to predict it. A piece is let go with the last of its vectors.
 */
export function vectorsInPieces(): NewVector {
  let piece = new ArrayBuffer(0);
  let used = 0;
  return (length) => {
    const bytes = length * Float64Array.BYTES_PER_ELEMENT;
    if (bytes > pieceBytes / 4) return new Float64Array(length);
    if (used + bytes > piece.byteLength) {
      piece = new ArrayBuffer(pieceBytes);
      used = 0;
    }
    const vector = new Float64Array(piece, used, length);
    used += bytes;
    return vector;
  };
}

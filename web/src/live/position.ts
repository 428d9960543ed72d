/** A place in the change feed: `epoch.seq`. A new epoch begins when the server forgot the old numbers. */
export function isAfter(position: string, other: string): boolean {
  const [epoch, seq] = split(position);
  const [otherEpoch, otherSeq] = split(other);
  return epoch !== otherEpoch || seq > otherSeq;
}

function split(position: string): [string, number] {
  const dot = position.lastIndexOf(".");
  return [position.slice(0, dot), Number(position.slice(dot + 1))];
}

// Nothing that is taken for another sign when it is read aloud.
const SIGNS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789";
const LENGTH = 20;

/** A password for once: 20 signs, all equally likely (114 bits). */
export function oneTimePassword(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes)): string {
  // Bytes beyond the last whole round would make the first signs likelier.
  const fair = 256 - (256 % SIGNS.length);
  let made = "";
  while (made.length < LENGTH) {
    for (const byte of random(new Uint8Array(LENGTH))) {
      if (byte < fair && made.length < LENGTH) made += SIGNS[byte % SIGNS.length];
    }
  }
  return made;
}

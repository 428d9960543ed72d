/** One page of a browser holds the stream; the others hear it repeated. */
export interface Leadership {
  /** Calls `lead` once this page is the one; gives how to resign. */
  stand(lead: () => void): () => void;
}

/** Web Locks: the next page takes over when the leading one closes, crashes or resigns. */
export function byLocks(locks: LockManager, name: string): Leadership {
  return {
    stand(lead) {
      const resigned = new AbortController();
      let release: () => void = () => {};
      const held = new Promise<void>((resolve) => void (release = resolve));
      locks
        .request(name, { signal: resigned.signal }, () => {
          lead();
          return held;
        })
        .catch(() => {}); // resigned before it was our turn
      return () => {
        resigned.abort();
        release();
      };
    },
  };
}

/** Where there are no Web Locks (plain HTTP), each page has a stream, and gives it back while hidden. */
export const eachForItself: Leadership = {
  stand(lead) {
    lead();
    return () => {};
  },
};

export function leadership(name: string): Leadership & { shared: boolean } {
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  if (locks && typeof BroadcastChannel !== "undefined") return { ...byLocks(locks, name), shared: true };
  return { ...eachForItself, shared: false };
}

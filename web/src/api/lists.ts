import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { type Noun, keys } from "@/api/queries";
import type { Page } from "@/api/types";

const MOST = 10_000; // rows of a CSV

interface Asked<T> {
  noun: Noun;
  /** All that tells this list from others of its noun: filter, sort, … */
  params: unknown;
  /** The one thing that it is about: then only what befalls that makes it old. */
  of?: string;
  fetch: (cursor: string | undefined) => Promise<Page<T>>;
}

/** A list that the server pages: what `DataTable` shows. */
export interface List<T> {
  rows: readonly T[];
  /** How many match on all pages; null while the server was not asked for it (`count: "exact"`). */
  total: number | null;
  loading: boolean;
  /** What is shown answers an older filter. */
  old: boolean;
  error: unknown;
  more: (() => void) | null;
  again: () => void;
  /** All pages, at most 10,000 rows. */
  all: () => Promise<readonly T[]>;
}

export function useList<T>({ noun, params, of, fetch }: Asked<T>): List<T> {
  const asked = useInfiniteQuery({
    queryKey: of === undefined ? keys.list(noun, params) : keys.one(noun, of, "list", params),
    queryFn: ({ pageParam }) => fetch(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = asked;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const all = useCallback(async () => {
    const found: T[] = [];
    let cursor: string | undefined;
    do {
      const page: Page<T> = await fetch(cursor);
      found.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined && found.length < MOST);
    return found;
  }, [fetch]);
  const canMore = hasNextPage && !isFetchingNextPage;
  const more = useMemo(() => (canMore ? () => void fetchNextPage() : null), [canMore, fetchNextPage]);
  return {
    rows,
    total: data?.pages[0]?.total ?? null,
    loading: asked.isPending,
    old: asked.isPlaceholderData,
    error: asked.error,
    more,
    again: () => void refetch(),
    all,
  };
}

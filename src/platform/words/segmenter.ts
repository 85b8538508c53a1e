// What cuts text into words. Which words there are, a dictionary and the newsroom say (channels/search).

export type Segmenter = {
  /** Words and what stands between them, in their order: put together again they are the text, which is folded. */
  cut(folded: string): string[];
  /** Shorter words within a word. */
  parts(word: string): string[];
};

/** Loaded when it is first wanted, which takes a moment. */
export type SegmenterSource = {
  get(): Promise<Segmenter>;
  /** Learns the words that were added since. */
  refresh(): Promise<void>;
};

// What answers of search depend on: names of all nouns are searched, and documents may be made anew.
export const searchKeys: readonly string[] = ['articles', 'sections', 'sources', 'editors', 'tags', 'search_documents'];

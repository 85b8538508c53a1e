// What stands in a document for a record that it refers to.

export type Noun = 'section' | 'source' | 'editor' | 'tag';

const marks: Record<Noun, string> = { section: '@s', source: '@o', editor: '@e', tag: '@t' };

/** By its id, so that a record is found under the name it has today. */
export const lexemeOf = (noun: Noun, id: string) => `${marks[noun]}${id.replaceAll('-', '')}`;

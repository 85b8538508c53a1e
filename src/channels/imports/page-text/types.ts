// What a news page saved as text becomes. Blocks are Portable Text as src/core/body/schema.ts describes it.

export type CreditRole = 'author' | 'reporter' | 'photographer' | 'translator' | 'editor' | 'responsible_editor';

export type PageCredit = { role: CreditRole; name: string };

export type PageSpan = { _type: 'span'; _key: string; text: string; marks: string[] };

export type PageTextBlock = {
  _type: 'block';
  _key: string;
  style: 'normal' | 'h2';
  /** The number a heading carries on a line of its own, as printed: `1`, `01`, `一、`. */
  number?: string;
  children: PageSpan[];
  markDefs: [];
};

/** A picture that the text only shows by its alternative text: the address is not in the page. */
export type PageFigure = { _type: 'figure'; _key: string; url: null; caption: string };

export type PageBlock = PageTextBlock | PageFigure;

export type PageSection = {
  name: string;
  /** From the top of the tree down to the section itself, without the site and without 正文. */
  breadcrumb: string[];
};

export type PageTextArticle = {
  section: PageSection | null;
  kicker: string | null;
  title: string;
  subtitle: string | null;
  source: string | null;
  publishedAt: Date | null;
  credits: PageCredit[];
  blocks: PageBlock[];
  related: string[];
  /** Every line that was left out and every value that was guessed or could not be read. */
  warnings: string[];
};

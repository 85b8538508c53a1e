// What the OpenAPI document says about the whole.
export const documentInfo = {
  version: '0.4.0',
  description:
    'A headless CMS backend for newsrooms. Everyone reads what is published; editors write with an API key. ' +
    'Errors are RFC 9457 problem documents with stable codes. ' +
    'Every write, also one that changed nothing, answers with an opaque `Data-Version`, unless it was a rehearsal (`dryRun`) ' +
    'or was refused; `?minVersion=` hands it to a public read, whose answer then knows of the write. One of another ' +
    'database, or of this one before it was restored, is a 400: leave it out.',
  tags: [
    { name: 'Articles', description: 'Stories (稿件), as the public reads them and as editors work on them.' },
    { name: 'Search', description: 'Finding articles by what is in them (检索).' },
    { name: 'Comments', description: 'What the newsroom says to itself about an article; never public.' },
    { name: 'Previews', description: 'Links that show one article before it is public.' },
    { name: 'Sections', description: 'The tree that articles are filed under (栏目).' },
    { name: 'Editors', description: 'The people of the newsroom (编辑/记者).' },
    { name: 'Sources', description: 'The outlets that stories are attributed to (来源).' },
    { name: 'Tags', description: 'What stories are about.' },
    { name: 'Batch', description: 'Several writes together, or none.' },
    { name: 'Imports', description: 'Ways for stories to come in.' },
    { name: 'API keys', description: 'What clients authenticate with (密钥).' },
    { name: 'Audit', description: 'Who did what, when.' },
    { name: 'Health', description: 'For load balancers, process supervisors and monitoring.' },
    { name: 'Documentation', description: 'This document.' },
  ],
};

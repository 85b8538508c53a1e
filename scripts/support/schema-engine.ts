// Prisma's schema engine as WebAssembly: the SQL that turns a live database into what a schema file says.
// Needs no download and changes no database; its own way of applying migrations is not used (it splits at semicolons).
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';

type Engine = typeof import('@prisma/schema-engine-wasm');

// Once per process: its glue keeps views of the memory of the instance it saw first.
let engineLoad: Promise<Engine> | undefined;

/** Empty when database and schema agree. */
export async function diffDatabase(connectionString: string, schema: string): Promise<string> {
  engineLoad ??= loadEngine();
  const { SchemaEngine } = await engineLoad;
  const pool = new CharMarkingPool({ connectionString, options: '-c TimeZone=UTC', max: 1 });
  const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, openAdapter(pool));
  try {
    const files = [{ path: 'schema.prisma', content: schema }];
    const answer = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: '.' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return answer.exitCode === 0 ? '' : (answer.stdout ?? '');
  } finally {
    engine.free();
    await pool.end();
  }
}

/** The package's own entry imports the .wasm file as a module, which Node does only behind a flag. */
async function loadEngine(): Promise<Engine> {
  // The engine reports a panic here and, without this, dies of the missing object instead.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (text: string) => console.error(text) } });
  const glue: Engine & { __wbg_set_wasm?(exports: object): void } = await import(
    '@prisma/schema-engine-wasm/schema_engine_bg'
  );
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const bytes = await readFile(join(folder, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': { ...glue } });
  glue.__wbg_set_wasm?.(instance.exports);
  instance.exports.__wbindgen_start?.();
  return glue;
}

// Node has it; the types of Node leave it to those of browsers, which this project does not load.
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, () => void> } }>;
};

// The catalogue has columns of PostgreSQL's one-byte type "char" (oid 18). The adapter does not know the type, and the
// engine takes no text for it: so the pool passes them as text under a marked name, and the adapter restores the type.
const charOid = 18;
const textOid = 25;
const mark = '\u0000char';

class CharMarkingPool extends pg.Pool {
  override query: pg.Pool['query'] = async (...call: unknown[]) => {
    const result: pg.QueryResult = await Reflect.apply(pg.Pool.prototype.query, this, call);
    for (const field of result.fields ?? []) {
      if (field.dataTypeID !== charOid) continue;
      field.dataTypeID = textOid;
      field.name += mark;
    }
    return result;
  };
}

function openAdapter(pool: pg.Pool): object {
  const factory = new PrismaPg(pool);
  const connect = async () => restoreChars(await factory.connect());
  return bindMigrationAwareSqlAdapterFactory({
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect,
    connectToShadowDb: () => Promise.reject(new Error('a diff needs no shadow database')),
  });
}

function restoreChars<Adapter extends SqlDriverAdapter>(adapter: Adapter): Adapter {
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const answer = await queryRaw(query);
    const isChar = answer.columnNames.map((name) => name.endsWith(mark));
    return {
      ...answer,
      columnNames: answer.columnNames.map((name) => name.replace(mark, '')),
      columnTypes: answer.columnTypes.map((type, index) => (isChar[index] ? ColumnTypeEnum.Character : type)),
    };
  };
  return adapter;
}

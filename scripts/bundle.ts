// Turns the compiled lib/ into folders that run with nothing installed: the entries, and the module for receivers.
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import ncc from "@vercel/ncc";

interface Bundle {
	/** The folder below the output directory. */
	readonly folder: string;
	/** Relative to the repository, which must be the working directory: chunk ids follow this path. */
	readonly entry: string;
	/** Modules that are not bundled, and the module of Node that takes their place. */
	readonly externals: Readonly<Record<string, string>>;
	readonly executable: boolean;
	/** Prints nothing by itself: NATS's client would show what a server sends, unmasked and as it is. */
	readonly silent?: true;
}

/**
 * What `@actions/core` imports for identity tokens, the platform's name and job summaries, which are never
 * used: an HTTP client with its own undici, a process runner, and `fs.promises`. Loading them costs more
 * than half a delivery. The relative names are core's own files; no file of ours is imported by such a name.
 */
const NEVER_CALLED = {
	"@actions/http-client": "node:os",
	"@actions/http-client/lib/auth": "node:os",
	"@actions/exec": "node:os",
	"./oidc-utils.js": "node:os",
	"./platform.js": "node:os",
	"./summary.js": "node:os",
};

/** What shows carousels, of which no message has one: the renderer of Adaptive Cards imports it at once. */
const NO_CAROUSELS = { swiper: "node:os", "swiper/modules": "node:os" };

const BUNDLES: readonly Bundle[] = [
	{ folder: "action", entry: "lib/action.js", externals: NEVER_CALLED, executable: false },
	{ folder: "cli", entry: "lib/cli.js", externals: NEVER_CALLED, executable: true },
	// Octokit needs the HTTP client as soon as it is imported, so it has its own bundle, which the others load when needed.
	{ folder: "github", entry: "lib/entry/github-api.js", externals: {}, executable: false },
	// People and what is muted.
	{ folder: "managing", entry: "lib/config/managing.js", externals: {}, executable: false },
	// The page of `render --html`, with the renderer of Adaptive Cards.
	{ folder: "page", entry: "lib/page/page.js", externals: NO_CAROUSELS, executable: false },
	// The stores of records, and what is sent from them.
	{ folder: "records", entry: "lib/records/bundle.js", externals: NEVER_CALLED, executable: false },
	// The store of held events.
	{ folder: "sqlite", entry: "lib/store/sqlite/items.js", externals: {}, executable: false },
	// Shared by both entries, which must also start on a Node that is too old for undici.
	{ folder: "undici", entry: "lib/net/undici.js", externals: {}, executable: false },
	// What a worker tells of itself.
	{ folder: "metrics", entry: "lib/receiver/metrics.js", externals: {}, executable: false },
	// NATS, as a receiver and as a store.
	{ folder: "nats", entry: "lib/store/nats/bundle.js", externals: {}, executable: false, silent: true },
];

/**
 * What receivers import as `pipeline-hooks/verify`, from lib/signature/. It is not bundled, since it is small enough to be
 * read, except for one file for those that `require` it.
 */
const VERIFY = { folder: "verify", modules: ["schemes", "verify"], required: "verify" };

const SHEBANG = "#!/usr/bin/env node\n";
const NOTICES = "licenses.txt";

/** The bundles are CommonJS, which Node starts faster than ES modules; the root's package.json says otherwise. */
const COMMON_JS = '{ "type": "commonjs" }\n';
const ES_MODULES = '{ "type": "module" }\n';

/** Writes every bundle to its folder in `directory`, and deletes what was there before. */
export async function bundleInto(directory: string): Promise<void> {
	await rm(directory, { recursive: true, force: true });
	// Without a "type" of their own the entries are still read as modules, and bundled as CommonJS.
	await writeFile("lib/package.json", "{}\n");
	await writeInto(join(directory, "package.json"), COMMON_JS);
	for (const bundle of BUNDLES) await write(bundle, join(directory, bundle.folder));
	await writeVerify(join(directory, VERIFY.folder));
}

async function writeVerify(folder: string): Promise<void> {
	await writeInto(join(folder, "package.json"), ES_MODULES);
	for (const name of VERIFY.modules) {
		const read = (type: string) => readFile(join("lib/signature", `${name}.${type}`), "utf8");
		await writeInto(join(folder, `${name}.js`), await read("js"));
		const types = await read("d.ts");
		// The compiler leaves the names of the sources in the types that it writes.
		const importing = (type: string) => types.replaceAll(/(from "\.\/\w+)\.ts"/g, `$1.${type}"`);
		await writeInto(join(folder, `${name}.d.ts`), importing("js"));
		await writeInto(join(folder, `${name}.d.cts`), importing("cjs"));
	}
	const entry = join(process.cwd(), "lib/signature", `${VERIFY.required}.js`);
	const { code } = await ncc(entry, { cache: false, quiet: true });
	await writeInto(join(folder, `${VERIFY.required}.cjs`), code);
}

async function write(bundle: Bundle, folder: string): Promise<void> {
	const { code, assets } = await ncc(join(process.cwd(), bundle.entry), {
		cache: false,
		externals: bundle.externals,
		license: NOTICES,
		// Function and class names are kept, so that a stack trace still says where it comes from.
		minify: true,
		quiet: true,
	});
	const main = join(folder, "index.js");
	await writeInto(main, (bundle.executable ? SHEBANG : "") + inAscii(bundle.silent ? silenced(code) : code));
	if (bundle.executable) await chmod(main, 0o755);
	for (const [name, { source }] of Object.entries(assets)) {
		await writeInto(join(folder, name), source);
	}
}

function silenced(code: string): string {
	return code.replaceAll(/\bconsole\.(?:debug|error|info|log|trace|warn)\b/g, "(()=>{})");
}

/** V8 keeps a source in half the memory if it is all ASCII. Only strings and patterns have other characters. */
function inAscii(code: string): string {
	return code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

async function writeInto(path: string, content: string | Buffer): Promise<void> {
	// ncc writes this for an import that it cannot find: no error now, but one when the code runs.
	if (content.includes('eval("require")')) throw new Error(`${path} imports a module that does not exist`);
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, content);
}

// A JSON text that is imported, where it is from, and what is wrong with it so far.
import { quote } from "../../config/words.ts";
import { count } from "../../lib/text.ts";
import type { Place, Problem } from "../../model/problem.ts";
import { type JsonPath, JsonPlaces, lineFinder } from "./json-place.ts";

/** Problems that are told with their places; of further ones only how many there are. */
const MAX_PROBLEMS = 100;

/** A text inside of another one, with the place there of each of its characters. */
export interface Excerpt {
	readonly text: string;
	/** In UTF-16 code units; also of the end. */
	readonly offsets: readonly number[];
}

export class JsonSource {
	readonly text: string;
	readonly file: string;
	readonly #problems: Problem[] = [];
	#untold = 0;
	readonly #offsets: readonly number[] | undefined;
	readonly #places: JsonPlaces;
	#lineOf: ReturnType<typeof lineFinder> | undefined;
	readonly #whole: string;

	/** `excerpt`: the JSON in a file that has more in it. */
	constructor(whole: string, file: string, excerpt?: Excerpt) {
		this.text = excerpt?.text ?? whole;
		this.file = file;
		this.#whole = whole;
		this.#offsets = excerpt?.offsets;
		this.#places = new JsonPlaces(this.text);
	}

	/** What is wrong, with a last line that counts what is not told. */
	get problems(): readonly Problem[] {
		if (this.#untold === 0) return this.#problems;
		const message = `${this.file} has ${count(this.#untold, "more problem")}`;
		return [...this.#problems, { code: "input", message, remedy: "mend these first" }];
	}

	/** The place of an offset in the JSON. */
	placeAt(offset: number): Place {
		this.#lineOf ??= lineFinder(this.#whole);
		return { file: this.file, ...this.#lineOf(this.#offsets?.[offset] ?? offset) };
	}

	/** Reports an error at a value; `problem` follows the path. */
	wrong(path: JsonPath, problem: string, remedy: string): void {
		if (this.#problems.length === MAX_PROBLEMS) {
			this.#untold++;
			return;
		}
		const name = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
		const message = `${name === "" ? "the JSON" : quote(name.replace(/^\./, "")).slice(1, -1)} ${problem}`;
		this.#problems.push({ code: "input", message, remedy, place: this.placeAt(this.#places.offsetOf(path)) });
	}
}

import type { Person } from "./commit.ts";
import { runGit } from "./git.ts";

/** More identities than this are not remembered at a time; the Linux kernel has some 50,000. */
const mostRemembered = 200_000;

/** Looks people up in a repository's .mailmap, in batches: git applies it to authors, but not to trailers. */
export class MailMap {
  readonly #path: string;
  readonly #emails = new Map<string, string>();

  constructor(path: string) {
    this.#path = path;
  }

  /** Looks up those that are not known yet, in one run of git. */
  async learn(people: readonly Person[]): Promise<void> {
    if (this.#emails.size > mostRemembered) this.#emails.clear();
    const contacts = [...new Set(people.map(contactOf))].filter((contact) => !this.#emails.has(contact));
    if (contacts.length === 0) return;
    const answer = await runGit(this.#path, ["check-mailmap", "--stdin"], `${contacts.join("\n")}\n`);
    answer.split("\n").forEach((line, index) => {
      const contact = contacts[index];
      const email = /<([^<>]*)>\s*$/.exec(line)?.[1];
      if (contact !== undefined && email !== undefined) this.#emails.set(contact, email);
    });
  }

  /** The address that stands for a person; their own when the map has no other. */
  emailOf(person: Person): string {
    return this.#emails.get(contactOf(person)) ?? person.email;
  }
}

function contactOf({ name, email }: Person): string {
  return `${name} <${email}>`.trim();
}

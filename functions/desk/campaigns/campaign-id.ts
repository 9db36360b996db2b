/**
 * An id for a campaign of this name: its letters and digits in small letters, without accents, joined by dashes; `campaign`
 * where none is left.
 */
export function campaignId(name: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return (
    plain
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 64) || "campaign"
  );
}

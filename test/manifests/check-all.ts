import { faultsOf, rendered, renderedFolders } from "./check-folder.ts";

// npm run check:manifests: kubeconform and kube-score on all that lapse is applied as; KUBECONFORM and KUBE_SCORE are their paths.
const { KUBECONFORM = "kubeconform", KUBE_SCORE = "kube-score", LAPSE_KINDS } = process.env;
const manifests = new Map<string, string>();
for (const folder of renderedFolders) manifests.set(folder, await rendered(folder));
const all = await faultsOf(manifests, { kubeconform: KUBECONFORM, kubeScore: KUBE_SCORE, kinds: LAPSE_KINDS });
for (const [folder, faults] of all) {
  console.log(faults.length === 0 ? `${folder}: sound` : `${folder}:\n  ${faults.join("\n  ")}`);
  if (faults.length > 0) process.exitCode = 1;
}

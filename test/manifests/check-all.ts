import { faultsOf, rendered, renderedFolders } from "./check-folder.ts";

// npm run check:manifests: kubeconform and kube-score on all that lapse is applied as; KUBECONFORM and KUBE_SCORE are their paths.
const { KUBECONFORM = "kubeconform", KUBE_SCORE = "kube-score", LAPSE_KINDS } = process.env;
for (const folder of renderedFolders) {
  const faults = await faultsOf(await rendered(folder), {
    kubeconform: KUBECONFORM,
    kubeScore: KUBE_SCORE,
    kinds: LAPSE_KINDS,
  });
  console.log(faults.length === 0 ? `${folder}: sound` : `${folder}:\n  ${faults.join("\n  ")}`);
  if (faults.length > 0) process.exitCode = 1;
}

/** Where public files are that tests check against, each at one commit, so that it never changes. */
interface Repository {
  readonly repository: string;
  readonly commit: string;
  readonly files: readonly SchemaFile[];
}

export interface SchemaFile {
  /** Its name in the folder that LAPSE_SCHEMAS names. */
  readonly name: string;
  readonly path: string;
  /** SHA-256 of the file at `path`, in hex. */
  readonly hash: string;
  /** Of a path that holds several resources: the name of the one that is meant. */
  readonly resource?: string;
}

const ofElastic = (kind: string, resource: string): SchemaFile => ({
  name: `${resource.slice(resource.indexOf(".") + 1)}_${kind}.yaml`,
  path: "config/crds/v1/all-crds.yaml",
  hash: "3f65a218451a97f126ebd8531205bd5e7dacbe05c10d90344f976f00fdcdbc3d",
  resource,
});

export const sources: readonly Repository[] = [
  {
    repository: "kserve/kserve",
    // v0.20.0
    commit: "1fb781055dd1567164358233e1125142ca6ef1fe",
    files: [
      {
        name: "serving.kserve.io_InferenceService.yaml",
        path: "config/crd/full/serving.kserve.io_inferenceservices.yaml",
        hash: "57c3bf13f77de94678bf2ae3748056ec071ad2b9e88d6a28f44fb4710758fcff",
      },
      {
        name: "serving.kserve.io_ServingRuntime.yaml",
        path: "config/crd/full/serving.kserve.io_servingruntimes.yaml",
        hash: "380a3e1e1444cef9b8b88819596692728868205a2147dc66423be469a4a7bbb1",
      },
    ],
  },
  {
    repository: "knative/serving",
    // knative-v1.23.0
    commit: "7ed4aa2ab601e3a33c6552285f6e0d910747351d",
    files: [
      {
        name: "serving.knative.dev_Service.yaml",
        path: "config/core/300-resources/service.yaml",
        hash: "2df2faa748f4d8e9470a2a5e9f208d7310aa89fc8cad1f2b1b9941fefe3def33",
      },
    ],
  },
  {
    repository: "knative/eventing",
    // knative-v1.22.2
    commit: "532b01f0cb2ce7bed271204697081e4264385531",
    files: [
      {
        name: "eventing.knative.dev_Broker.yaml",
        path: "config/core/resources/broker.yaml",
        hash: "12514b62f568d9802519d29885fb222bfc5f5f6e97825d4dab42f29ea110edd3",
      },
      {
        name: "eventing.knative.dev_Trigger.yaml",
        path: "config/core/resources/trigger.yaml",
        hash: "fdf6c668d4fa1182bbceb417a70ceeccd9bfc1bf893f2fddf247933dcec6a5f1",
      },
      {
        name: "sinks.knative.dev_JobSink.yaml",
        path: "config/core/resources/jobsink.yaml",
        hash: "596d09d550fe9a488ded2dd0e6fef6eadb15459ca2026fbc3325a51cb6bdc4b4",
      },
      {
        name: "sources.knative.dev_PingSource.yaml",
        path: "config/core/resources/pingsource.yaml",
        hash: "8586d3e05984e71de42289521fd33a03e84a391e890d6ab83ffa5aab9d77a1cf",
      },
      {
        name: "sources.knative.dev_SinkBinding.yaml",
        path: "config/core/resources/sinkbindings.yaml",
        hash: "f2a651ce2c5a94803f476d48a0241816d902fffcdc77e32f3d870db2ee8e6719",
      },
    ],
  },
  {
    repository: "prometheus-operator/prometheus-operator",
    // v0.93.0
    commit: "f8fafd475f3d132e239432ae6172de60a6cb6516",
    files: [
      {
        name: "monitoring.coreos.com_PodMonitor.yaml",
        path: "example/prometheus-operator-crd-full/monitoring.coreos.com_podmonitors.yaml",
        hash: "45a93443daa687d3654f7e9631909ff7edcdf3ec09c5e60251b74aa2722aee5d",
      },
      {
        name: "monitoring.coreos.com_PrometheusRule.yaml",
        path: "example/prometheus-operator-crd-full/monitoring.coreos.com_prometheusrules.yaml",
        hash: "78be98554b9c8506ab2b4f4feb91c5f3a56e536a0a510f3a8e876a459970d56d",
      },
      {
        name: "monitoring.coreos.com_ServiceMonitor.yaml",
        path: "example/prometheus-operator-crd-full/monitoring.coreos.com_servicemonitors.yaml",
        hash: "a99047972c9dd7679ce2050b9968e8a08773492e671b3e17abd476d42aa78a32",
      },
    ],
  },
  {
    repository: "elastic/cloud-on-k8s",
    // v3.5.0
    commit: "386c7b14f2d1bbb7f2af1e7da997e64875f16e47",
    files: [
      ofElastic("Beat", "beats.beat.k8s.elastic.co"),
      ofElastic("Elasticsearch", "elasticsearches.elasticsearch.k8s.elastic.co"),
      ofElastic("Kibana", "kibanas.kibana.k8s.elastic.co"),
      ofElastic("Logstash", "logstashes.logstash.k8s.elastic.co"),
    ],
  },
  {
    repository: "cloudevents/conformance",
    commit: "7a8ee0ac0e782bba1ba30e58c62d24d2e6c337e5",
    files: [
      {
        name: "http-protocol-binding.feature",
        path: "features/http-protocol-binding.feature",
        hash: "d24dc8f28cb529b77377216a4f2015dbb93644980a09dfd8f3bdd1705a23c40c",
      },
    ],
  },
];

"""Which cluster a run reads: kubeconfig, credential plugins, names of cluster and account."""

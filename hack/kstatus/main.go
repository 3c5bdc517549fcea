// Prints, for each file of one resource, the status that kstatus computes: what Flux, kpt and every other
// program that waits by this library make of the resource.
package main

import (
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/yaml"
)

func main() {
	for _, file := range os.Args[1:] {
		computed, err := compute(file)
		if err != nil {
			fmt.Fprintf(os.Stderr, "kstatus: %s: %v\n", file, err)
			os.Exit(1)
		}
		fmt.Println(computed)
	}
}

func compute(file string) (status.Status, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	json, err := yaml.YAMLToJSON(text)
	if err != nil {
		return "", err
	}
	var object unstructured.Unstructured
	if err := object.UnmarshalJSON(json); err != nil {
		return "", err
	}
	result, err := status.Compute(&object)
	if err != nil {
		return "", err
	}
	return result.Status, nil
}

// Command manifests prepares manifests for checks.
//
// "schemas OUT CRD.yaml..." writes, for each version of the CustomResourceDefinitions in these files, the JSON schema by
// which kubeconform checks objects of it: OUT/GROUP/KIND_VERSION.json. A field that the schema does not name is refused, as
// an API server's strict validation refuses it.
//
// "json" turns the documents of YAML that come in into one array of JSON.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

type definition struct {
	Kind string
	Spec struct {
		Group    string
		Names    struct{ Kind string }
		Versions []struct {
			Name   string
			Schema struct{ OpenAPIV3Schema map[string]any }
		}
	}
}

func main() {
	var err error
	switch {
	case len(os.Args) > 3 && os.Args[1] == "schemas":
		err = schemas(os.Args[2], os.Args[3:])
	case len(os.Args) == 2 && os.Args[1] == "json":
		err = toJSON(os.Stdin, os.Stdout)
	default:
		fmt.Fprintln(os.Stderr, "usage: manifests schemas OUT CRD.yaml... | manifests json")
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "manifests:", err)
		os.Exit(1)
	}
}

func toJSON(in io.Reader, out io.Writer) error {
	content, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	objects := []any{}
	for _, document := range documents(content) {
		var object any
		if err := yaml.UnmarshalStrict(document, &object); err != nil {
			return err
		}
		if object != nil {
			objects = append(objects, object)
		}
	}
	return json.NewEncoder(out).Encode(objects)
}

func documents(content []byte) [][]byte {
	return bytes.Split(content, []byte("\n---\n"))
}

func schemas(out string, files []string) error {
	for _, file := range files {
		if err := convert(file, out); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

func convert(file, out string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, document := range documents(content) {
		var crd definition
		if err := yaml.Unmarshal(document, &crd); err != nil {
			return err
		}
		if crd.Kind == "CustomResourceDefinition" {
			if err := write(crd, out); err != nil {
				return err
			}
		}
	}
	return nil
}

func write(crd definition, out string) error {
	folder := filepath.Join(out, crd.Spec.Group)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, version := range crd.Spec.Versions {
		schema := version.Schema.OpenAPIV3Schema
		strict(schema)
		open(schema)
		text, err := json.Marshal(schema)
		if err != nil {
			return err
		}
		name := strings.ToLower(crd.Spec.Names.Kind) + "_" + version.Name + ".json"
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// strict closes every object that lists its properties.
func strict(schema map[string]any) {
	_, listed := schema["properties"]
	if listed && schema["x-kubernetes-preserve-unknown-fields"] != true {
		schema["additionalProperties"] = false
	}
	for key, value := range schema {
		switch value := value.(type) {
		case map[string]any:
			if key == "properties" {
				for _, property := range value {
					strict(property.(map[string]any))
				}
			} else if key == "items" || key == "additionalProperties" {
				strict(value)
			}
		}
	}
}

// open adds what every object has and no CRD needs to write down.
func open(schema map[string]any) {
	properties := schema["properties"].(map[string]any)
	properties["apiVersion"] = map[string]any{"type": "string"}
	properties["kind"] = map[string]any{"type": "string"}
	properties["metadata"] = map[string]any{"type": "object"}
}

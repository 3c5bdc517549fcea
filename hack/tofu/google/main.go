// A stand-in for the provider hashicorp/google where that cannot be downloaded: it serves the provider's schema, from
// schema.json beside the program, and calls no cloud. A plan on it shows what is configured; nothing can be applied.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
)

const address = "registry.opentofu.org/hashicorp/google"

func main() {
	log.SetFlags(0)
	program, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	provider, err := read(filepath.Join(filepath.Dir(program), "schema.json"))
	if err != nil {
		log.Fatalf("stand-in of hashicorp/google: %v", err)
	}
	if err := tf5server.Serve(address, func() tfprotov5.ProviderServer { return provider }); err != nil {
		log.Fatal(err)
	}
}

func read(file string) (*standIn, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var document struct {
		Providers map[string]providerSchema `json:"provider_schemas"`
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	schema, found := document.Providers[address]
	if !found {
		return nil, fmt.Errorf("%s has no schema of %s", file, address)
	}
	return newStandIn(schema)
}

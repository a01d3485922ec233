package difftest

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	gmd5 "golstd/crypto/md5"
	gsha1 "golstd/crypto/sha1"
	gsha256 "golstd/crypto/sha256"
	gb64 "golstd/encoding/base64"
	ghex "golstd/encoding/hex"
	gadler "golstd/hash/adler32"
	gcrc "golstd/hash/crc32"
	gfnv "golstd/hash/fnv"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"hash/fnv"
	"io"
	"math/rand"
	"testing"
)

func TestHashes(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	type h = hash.Hash
	for i := 0; i < 300; i++ {
		p := make([]byte, r.Intn(400))
		r.Read(p)
		for j, x := range [][2]h{{gmd5.New(), md5.New()}, {gsha1.New(), sha1.New()}, {gsha256.New(), sha256.New()}, {gsha256.New224(), sha256.New224()}, {gadler.New(), adler32.New()}, {gcrc.NewIEEE(), crc32.NewIEEE()},
			{gcrc.New(gcrc.MakeTable(gcrc.Castagnoli)), crc32.New(crc32.MakeTable(crc32.Castagnoli))}, {gfnv.New32(), fnv.New32()}, {gfnv.New32a(), fnv.New32a()}, {gfnv.New64(), fnv.New64()}, {gfnv.New64a(), fnv.New64a()}, {gfnv.New128(), fnv.New128()}, {gfnv.New128a(), fnv.New128a()}} {
			k := r.Intn(len(p) + 1)
			x[0].Write(p[:k])
			x[0].Write(p[k:])
			x[1].Write(p)
			if !bytes.Equal(x[0].Sum(nil), x[1].Sum(nil)) || x[0].Size() != x[1].Size() {
				t.Fatalf("hash %d of %x", j, p)
			}
		}
		if gsha256.Sum256(p) != sha256.Sum256(p) || gmd5.Sum(p) != md5.Sum(p) || gsha1.Sum(p) != sha1.Sum(p) || gcrc.ChecksumIEEE(p) != crc32.ChecksumIEEE(p) {
			t.Fatal("Sum")
		}
	}
}

func TestEncodings(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	es := [][2]interface {
		EncodeToString([]byte) string
		DecodeString(string) ([]byte, error)
	}{{gb64.StdEncoding, base64.StdEncoding}, {gb64.URLEncoding, base64.URLEncoding}, {gb64.RawStdEncoding, base64.RawStdEncoding}, {gb64.RawURLEncoding.Strict(), base64.RawURLEncoding.Strict()}}
	for i := 0; i < 20000; i++ {
		p := make([]byte, r.Intn(40))
		r.Read(p)
		for _, e := range es {
			s := e[1].EncodeToString(p)
			if e[0].EncodeToString(p) != s {
				t.Fatal(s)
			}
			b := []byte(s)
			for k := r.Intn(3); k > 0 && len(b) > 0; k-- {
				b[r.Intn(len(b))] = "A=\n*/+-_z\r"[r.Intn(10)]
			}
			if r.Intn(3) == 0 {
				b = b[:r.Intn(len(b)+1)]
			}
			x, e1 := e[0].DecodeString(string(b))
			y, e2 := e[1].DecodeString(string(b))
			if !bytes.Equal(x, y) || errText(e1) != errText(e2) {
				t.Fatalf("%q: %x %v want %x %v", b, x, e1, y, e2)
			}
		}
		h := hex.EncodeToString(p)
		if ghex.EncodeToString(p) != h || ghex.Dump(p) != hex.Dump(p) {
			t.Fatal(h)
		}
		b := []byte(h)
		if len(b) > 0 {
			b[r.Intn(len(b))] = "gF0 \n\xff"[r.Intn(6)]
			b = b[:r.Intn(len(b)+1)]
		}
		x, e1 := ghex.DecodeString(string(b))
		y, e2 := hex.DecodeString(string(b))
		if !bytes.Equal(x, y) || errText(e1) != errText(e2) {
			t.Fatalf("%q: %x %v want %x %v", b, x, e1, y, e2)
		}
		var w bytes.Buffer
		we := gb64.NewEncoder(gb64.StdEncoding, &w)
		we.Write(p[:len(p)/2])
		we.Write(p[len(p)/2:])
		we.Close()
		q, err := io.ReadAll(gb64.NewDecoder(gb64.StdEncoding, &w))
		if err != nil || !bytes.Equal(p, q) {
			t.Fatal(err, fmt.Sprint(p, q))
		}
	}
}

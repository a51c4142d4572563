"""What the commands about identities and mappings compute: why records are one person, which names and declines want a person's word.

Plain functions over the build file, the published state or the mapping files; printing is the commands'.
"""
